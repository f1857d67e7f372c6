import { fuzzNodes } from "../nodes/fuzz-nodes";

fuzzNodes(100_000, 900_000);
