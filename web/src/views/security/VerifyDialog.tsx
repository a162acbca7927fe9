/** A verification under way: two devices, or two people, side by side. */
import { ArrowLeftRight, CircleCheck, Monitor, Smartphone, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import type { VerifyEnd, VerifyView } from "../../model/verification.ts";
import { Button } from "../../design/Button.tsx";
import { Dialog } from "../../design/Dialog.tsx";
import { Name } from "../../design/Name.tsx";
import { useStore } from "../../design/useStore.ts";
import type { Key } from "../../i18n/i18n.ts";
import { useClient } from "../ClientContext.ts";
import { Picture } from "../Picture.tsx";
import { useWords } from "../useWords.ts";
import { Words } from "../Words.tsx";
import { Pictures } from "./Pictures.tsx";
import { QrCode } from "./QrCode.tsx";
import { hasCamera, Scanner } from "./Scanner.tsx";

const ENDS: Record<VerifyEnd, Key> = {
    declined: "security.endDeclined",
    differ: "security.endDiffer",
    "too-late": "security.endTooLate",
    elsewhere: "security.endElsewhere",
    broken: "security.endBroken",
};

export function VerifyDialog() {
    const t = useWords();
    const { verifications } = useClient();
    const view = useStore(verifications);
    const [numbers, setNumbers] = useState(false);
    useEffect(() => setNumbers(false), [view?.id]);
    if (!view) return null;
    const compares = view.step === "pictures" || view.step === "agreed";
    const step = view.step === "asked" || view.step === "waiting" || view.step === "choose" ? 1 : 2;
    return (
        <Dialog
            title={t(titleOf(view))}
            closeLabel={t("shell.close")}
            onClose={() => verifications.close()}
            aside={view.step === "done" || view.step === "ended" ? undefined : t("security.step", { step, of: 2 })}
            wide={compares}
            footer={<Foot view={view} numbers={numbers} onNumbers={() => setNumbers(!numbers)} />}
        >
            <Both view={view} />
            <Body view={view} numbers={numbers} />
        </Dialog>
    );
}

function titleOf(view: VerifyView): Key {
    if (view.step === "done") return view.own ? "security.verifiedOwn" : "security.verifiedPerson";
    if (view.step === "ended") return "security.notVerified";
    return view.own ? "security.isYours" : "security.isPerson";
}

function Both({ view }: { view: VerifyView }) {
    const t = useWords();
    const { me } = useClient();
    const mine = useStore(me);
    return (
        <div className="two">
            <div className="dev">
                {view.own ? (
                    <span className="ic">
                        <Monitor className="i l" aria-hidden="true" />
                    </span>
                ) : (
                    <Picture id={mine.id} name={mine.name} mxc={mine.avatar} size="l" />
                )}
                <b>{view.own ? t("security.thisDevice") : t("timeline.you")}</b>
            </div>
            <ArrowLeftRight className="i dim" aria-hidden="true" />
            <div className="dev">
                {view.own ? (
                    <span className="ic">
                        <Smartphone className="i l" aria-hidden="true" />
                    </span>
                ) : (
                    <Picture id={view.person.id} name={view.person.name} mxc={null} size="l" />
                )}
                <span className="who-dev">
                    <b>{view.own ? view.device ? <Name of={view.device.name} /> : t("security.otherDevices") : <Name of={view.person.name} />}</b>
                    {!view.own && <Name of={view.person.id} className="sm muted ell" />}
                </span>
            </div>
        </div>
    );
}

function Body({ view, numbers }: { view: VerifyView; numbers: boolean }) {
    const t = useWords();
    switch (view.step) {
        case "asked":
            return <p>{view.own ? t("security.askedOwn") : <Words of="security.askedPerson" name={<Name of={view.person.name} className="b" />} />}</p>;
        case "waiting":
            return (
                <p role="status">
                    {view.own ? t("security.waitingOwn") : <Words of="security.waitingPerson" name={<Name of={view.person.name} className="b" />} />}
                </p>
            );
        case "choose":
        case "starting":
            return <Choose view={view} />;
        case "pictures":
        case "agreed":
            return (
                <>
                    <p>{view.own ? t("security.compare") : <Words of="security.comparePerson" name={<Name of={view.person.name} className="b" />} />}</p>
                    {numbers || view.pictures.length === 0 ? (
                        <ol className="sas numbers">
                            {view.numbers.map((number, index) => (
                                <li key={index} className="mono">
                                    {number}
                                </li>
                            ))}
                        </ol>
                    ) : (
                        <Pictures symbols={view.pictures} />
                    )}
                    <p className="hint">{t(view.own ? "security.afterOwn" : "security.afterPerson")}</p>
                </>
            );
        case "scanned":
            return <p>{t("security.scanned")}</p>;
        case "done":
            return (
                <p className="row top">
                    <CircleCheck className="i l ct ok" aria-hidden="true" />
                    <span>{view.own ? t("security.doneOwn") : <Words of="security.donePerson" name={<Name of={view.person.name} className="b" />} />}</span>
                </p>
            );
        case "ended":
            return (
                <p className="row top" role="alert">
                    <TriangleAlert className="i l ct urgent" aria-hidden="true" />
                    <span>{t(ENDS[view.end ?? "broken"])}</span>
                </p>
            );
    }
}

/** Scan, be scanned, or compare pictures. */
function Choose({ view }: { view: VerifyView }) {
    const t = useWords();
    const { verifications } = useClient();
    const [camera, setCamera] = useState(false);
    const [scanning, setScanning] = useState(false);
    useEffect(() => void hasCamera().then(setCamera), []);
    if (view.step === "starting") return <p role="status">{t("security.starting")}</p>;
    return (
        <div className="choose">
            {scanning ? (
                <Scanner onSeen={(bytes) => verifications.scanned(bytes)} />
            ) : (
                view.code && <QrCode of={view.code} label={t("security.code")} />
            )}
            <div className="stack">
                {scanning ? <p>{t("security.scanHint")}</p> : view.code ? <p>{t("security.codeHint")}</p> : <p>{t("security.picturesHint")}</p>}
                {camera && view.mayScan && (
                    <Button onClick={() => setScanning(!scanning)}>{t(scanning ? "security.showCode" : "security.scan")}</Button>
                )}
            </div>
        </div>
    );
}

function Foot({ view, numbers, onNumbers }: { view: VerifyView; numbers: boolean; onNumbers: () => void }) {
    const t = useWords();
    const { verifications } = useClient();
    const close = (): void => verifications.close();
    switch (view.step) {
        case "asked":
            return (
                <>
                    <Button className="first" onClick={close}>
                        {t("security.notNow")}
                    </Button>
                    <Button look="primary" onClick={() => void verifications.accept()}>
                        {t("security.begin")}
                    </Button>
                </>
            );
        case "choose":
            return (
                <>
                    <Button className="first" onClick={close}>
                        {t("shell.cancel")}
                    </Button>
                    <Button look="primary" onClick={() => void verifications.comparePictures()}>
                        {t("security.comparePictures")}
                    </Button>
                </>
            );
        case "pictures":
        case "agreed":
            return (
                <>
                    <Button look="outline-critical" className="critical first" onClick={() => verifications.differ()}>
                        {t("security.differ")}
                    </Button>
                    {view.pictures.length > 0 && <Button onClick={onNumbers}>{t(numbers ? "security.comparePictures" : "security.compareNumbers")}</Button>}
                    <Button look="primary" disabled={view.step === "agreed"} busy={view.step === "agreed"} onClick={() => void verifications.same()}>
                        {t(view.step === "agreed" ? "security.agreed" : "security.same")}
                    </Button>
                </>
            );
        case "scanned":
            return (
                <>
                    <Button look="outline-critical" className="critical first" onClick={() => verifications.differ()}>
                        {t("security.notScanned")}
                    </Button>
                    <Button look="primary" onClick={() => void verifications.same()}>
                        {t("security.scannedYes")}
                    </Button>
                </>
            );
        case "done":
        case "ended":
            return (
                <Button look="primary" onClick={close}>
                    {t("security.done")}
                </Button>
            );
        default:
            return <Button onClick={close}>{t("shell.cancel")}</Button>;
    }
}
