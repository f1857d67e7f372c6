// An authority of its own with a certificate for a server of this computer and one for its clients, for specs.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Makes ca.pem, server.pem, server.key, client.pem and client.key in a folder.
 *
 * @returns their paths
 */
export function makeCertificates(folder) {
  mkdirSync(folder, { recursive: true });
  const openssl = (...args) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=plant authority");
  writeFileSync(join(folder, "names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  for (const name of ["server", "client"]) {
    openssl("req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    const signed = ["-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
    openssl("x509", ...signed, "-out", `${name}.pem`, "-days", "2", "-extfile", "names");
  }
  const path = (name) => join(folder, name);
  // Servers refuse a key that others may read.
  for (const name of ["server.key", "client.key"]) chmodSync(path(name), 0o600);
  return {
    ca: path("ca.pem"),
    server: { cert: path("server.pem"), key: path("server.key") },
    client: { cert: path("client.pem"), key: path("client.key") },
  };
}
