export * from "./least-squares";
