import { endsAfter, type Image, runsForever } from "./image.ts";
import type { ProgramWorld } from "./program.ts";
import { timeParts } from "./start-lines.ts";

const GPU = "nvidia.com/gpu";

/** How many GPUs a container was given. */
function gpusOf({ container }: ProgramWorld): number {
  return Number(container.resources?.limits?.[GPU] ?? 0);
}

const line = (left: string, middle: string, right: string): string =>
  `| ${left.padEnd(39)} | ${middle.padEnd(22)} | ${right.padEnd(20)} |`;
const RULE = `+${"-".repeat(41)}+${"-".repeat(24)}+${"-".repeat(22)}+`;

/** What `nvidia-smi` prints in a container. */
export function nvidiaSmi(world: ProgramWorld): readonly string[] {
  const { dayName, monthName, day, hour, minute, second, year } = timeParts(world.epochMs);
  const cards = Array.from({ length: gpusOf(world) }, (_none, index) => [
    line(`  ${index}  Tesla T4                       On`, `00000000:00:0${4 + index}.0 Off`, "                 0"),
    line("N/A   36C    P8              9W /   70W", "    0MiB / 15360MiB", "  0%      Default"),
    RULE,
  ]);
  return [
    `${dayName} ${monthName} ${day} ${hour}:${minute}:${second} ${year}`,
    `+${"-".repeat(89)}+`,
    `| ${"NVIDIA-SMI 580.95.05              Driver Version: 580.95.05      CUDA Version: 13.0".padEnd(87)} |`,
    RULE,
    line("GPU  Name                 Persistence-M", "Bus-Id          Disp.A", "Volatile Uncorr. ECC"),
    line("Fan  Temp   Perf          Pwr:Usage/Cap", "          Memory-Usage", "GPU-Util  Compute M."),
    RULE,
    ...cards.flat(),
  ];
}

const NO_DRIVER =
  "Failed to initialize NVML: Driver/library version mismatch or no NVIDIA GPU device is present in this container";

/** CUDA's images: their own command is a shell; `nvidia-smi` shows the GPUs that the container was given. */
export const cuda: Image = {
  name: "docker.io/nvidia/cuda",
  sizeBytes: 1_600_000_000,
  majors: [10, 13],
  programs: ["nvidia-smi"],
  behave: ({ words, container }) => {
    if (words === undefined) return container.stdin === true ? runsForever() : endsAfter(60, 0);
    if (!words[0]?.endsWith("nvidia-smi")) return runsForever();
    return {
      ...endsAfter(300, 0),
      atStart: (world) =>
        gpusOf(world) > 0
          ? { exitCode: 0, afterMs: 300, stream: "stdout", lines: nvidiaSmi(world) }
          : { exitCode: 9, afterMs: 100, stream: "stderr", lines: [NO_DRIVER] },
    };
  },
};

/** NVIDIA's sample that adds vectors on a GPU, of Kubernetes' own page about GPUs. */
const vectorAdd = (name: string): Image => ({
  name,
  sizeBytes: 76_000_000,
  behave: () => ({
    ...endsAfter(900, 0),
    atStart: (world) =>
      gpusOf(world) > 0
        ? {
            exitCode: 0,
            afterMs: 900,
            stream: "stdout",
            lines: [
              "[Vector addition of 50000 elements]",
              "Copy input data from the host memory to the CUDA device",
              "CUDA kernel launch with 196 blocks of 256 threads",
              "Copy output data from the CUDA device to the host memory",
              "Test PASSED",
              "Done",
            ],
          }
        : {
            exitCode: 1,
            afterMs: 200,
            stream: "stderr",
            lines: ["Failed to allocate device vector A (error code no CUDA-capable device is detected)!"],
          },
  }),
});

export const vectorAdds: readonly Image[] = [
  vectorAdd("registry.k8s.io/cuda-vector-add"),
  vectorAdd("nvcr.io/nvidia/k8s/cuda-sample"),
];
