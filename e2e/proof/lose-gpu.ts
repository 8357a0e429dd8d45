import { browserInference } from "../../src/model/browser.ts";
import type { ModelPlaces } from "../../src/model/runtime/places.ts";
import type { GenerateRequest } from "../../src/ports/inference.ts";

/** What was said while the graphics card was there, after it went, and without it. */
export interface GpuLoss {
  /** Providers before the loss, as the interrupted answer tells, and after it. */
  readonly providers: readonly (string | undefined)[];
  readonly interrupted: string;
  /** The same request, answered afterwards by what took over. */
  readonly afterwards: string;
  readonly undisturbed: string;
}

const REQUEST: GenerateRequest = {
  messages: [{ role: "user", content: "hello" }],
  maxTokens: 24,
  temperature: 1,
  seed: 5,
};

/** Answers on the graphics card and destroys it after the third piece of text. */
export async function loseGpu(places: ModelPlaces): Promise<GpuLoss> {
  const devices = rememberDevices();
  const alone = browserInference({ ...places, provider: "wasm" });
  await alone.load();
  const undisturbed = await alone.generate(REQUEST, () => undefined);
  const inference = browserInference({ ...places, provider: "webgpu" });
  const { provider } = await inference.load();
  let pieces = 0;
  const interrupted = await inference.generate(REQUEST, () => {
    pieces += 1;
    if (pieces === 3) for (const device of devices) device.destroy();
  });
  const afterwards = await inference.generate(REQUEST, () => undefined);
  return {
    providers: [provider, interrupted.model?.provider, (await inference.load()).provider],
    interrupted: interrupted.text,
    afterwards: afterwards.text,
    undisturbed: undisturbed.text,
  };
}

/** Devices that are asked for from now on. */
function rememberDevices(): GPUDevice[] {
  const devices: GPUDevice[] = [];
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await request.call(this, descriptor);
    devices.push(device);
    return device;
  };
  return devices;
}
