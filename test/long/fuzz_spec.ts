import { fuzzNodes } from "../nodes/fuzz-nodes";

fuzzNodes(100_000, 1_200_000);
