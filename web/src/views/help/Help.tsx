/** Help: short pages with pictures made from the client itself. Texts come in the language in use, when they are asked for. */
import { useEffect, useState } from "react";
import { Empty } from "../../design/Empty.tsx";
import { Button } from "../../design/Button.tsx";
import { keysOpen } from "../jump/jumpStore.ts";
import { Link } from "../Link.tsx";
import { useLanguage, useWords } from "../useWords.ts";
import { topicsIn, type Section, type Topic } from "./topics.ts";
import "./help.css";

const PICTURES = import.meta.glob<string>("./pictures/*.jpg", { eager: true, query: "?url", import: "default" });

export default function Help({ topic }: { topic?: string }) {
    const t = useWords();
    const language = useLanguage();
    const [topics, setTopics] = useState<readonly Topic[]>([]);
    useEffect(() => {
        let here = true;
        topicsIn(language).then(
            (found) => here && setTopics(found),
            () => undefined,
        );
        return () => void (here = false);
    }, [language]);
    const open = topics.find((one) => one.id === topic) ?? topics[0];
    return (
        <div className="page help" data-region="room">
            <header>
                <h1>{t("shell.help")}</h1>
            </header>
            <div className="help-body">
                <nav className="nav help-nav" aria-label={t("help.topics")}>
                    {topics.map((one) => (
                        <Link key={one.id} to={{ place: "help", topic: one.id }} aria-current={one === open ? "page" : undefined}>
                            {one.title}
                        </Link>
                    ))}
                </nav>
                {open ? (
                    <article className="help-page">
                        <h2>{open.title}</h2>
                        <p className="muted">{open.intro}</p>
                        {open.sections.map((section) => (
                            <Part key={section.heading} section={section} language={language} />
                        ))}
                        <footer>
                            <Button onClick={() => keysOpen.set(true)}>{t("help.keys")}</Button>
                        </footer>
                    </article>
                ) : (
                    <Empty title={t("shell.help")} />
                )}
            </div>
        </div>
    );
}

function Part({ section, language }: { section: Section; language: string }) {
    const { picture } = section;
    const src = picture && (PICTURES[`./pictures/${picture.name}.${language}.jpg`] ?? PICTURES[`./pictures/${picture.name}.en.jpg`]);
    return (
        <section>
            <h3>{section.heading}</h3>
            {section.lines.map((line) => (
                <p key={line}>{line}</p>
            ))}
            {src && <img src={src} alt={picture.shows} width={900} height={560} loading="lazy" />}
        </section>
    );
}
