/** A picture as others need it: square, small, without what a camera wrote into it. */

const SIDE = 512;

/** Null where the file is no picture. */
export async function smallPicture(file: Blob): Promise<Blob | null> {
    try {
        const bitmap = await createImageBitmap(file);
        const side = Math.min(bitmap.width, bitmap.height);
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = Math.min(SIDE, side);
        canvas.getContext("2d")?.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, canvas.width, canvas.height);
        bitmap.close();
        return await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.88));
    } catch {
        return null;
    }
}
