import { failure } from "../../core/errors.ts";

/** Looks this often: a phone's camera focuses no faster. */
const LOOK_MS = 250;

/** The part of https://wicg.github.io/shape-detection-api/#barcode-detection-api that is used; TypeScript has no types of it. */
interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}

/** Undefined where the browser reads no codes (Firefox, Safari, Chromium on some systems): a code can always be pasted. */
export function createDetector(): Detector | undefined {
  const found: unknown = Reflect.get(globalThis, "BarcodeDetector");
  if (typeof found !== "function" || navigator.mediaDevices === undefined) return undefined;
  const detector: unknown = Reflect.construct(found, [{ formats: ["qr_code"] }]);
  return isDetector(detector) ? detector : undefined;
}

function isDetector(value: unknown): value is Detector {
  return (
    typeof value === "object" && value !== null && "detect" in value && typeof value.detect === "function"
  );
}

/** Shows the camera in `video` until a code is read or `signal` aborts; the camera is off afterwards. Errors: no-camera, aborted. */
export async function scan(
  detector: Detector,
  video: HTMLVideoElement,
  signal: AbortSignal,
): Promise<string> {
  const stream = await openCamera();
  try {
    video.srcObject = stream;
    await video.play();
    for (;;) {
      if (signal.aborted) throw failure("aborted", "Scanning was stopped");
      const [found] = await detector.detect(video);
      if (found !== undefined) return found.rawValue;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

async function openCamera(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw failure("no-camera", "The camera could not be opened. Paste the code instead.", undefined, detail);
  }
}
