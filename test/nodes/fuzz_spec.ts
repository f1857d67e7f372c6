import { fuzzNodes } from "./fuzz-nodes";

fuzzNodes(2000, 60_000);
