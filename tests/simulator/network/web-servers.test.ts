import { beforeAll, describe, expect, it } from "vitest";
import { Programs } from "./programs.ts";

const SITE = `
upstream backends { server other; }
server {
  listen 8080;
  server_name _;
  location / { root /usr/share/nginx/html; index index.html; try_files $uri /index.html =404; }
  location = /healthz { access_log off; return 200 "fine\\n"; }
  location ~ ^/api/v[0-9]+ { return 418 '{"from":"$hostname"}'; default_type application/json; }
  location /old { return 301 http://$host/new; }
  location /other/ { proxy_pass http://backends/; }
  location /gone/ { proxy_pass http://nowhere.default.svc.cluster.local; }
  location /secret { deny all; }
}
`;

const mounted = (configMap: string, mountPath: string) => ({
  container: { image: "nginx:1.27", volumeMounts: [{ name: "v", mountPath }] },
  spec: { volumes: [{ name: "v", configMap: { name: configMap } }] },
});

describe("web servers", () => {
  const programs = new Programs();
  beforeAll(() => {
    programs.configMap("page", { "index.html": "<h1>hello</h1>\n" });
    programs.configMap("site", { "default.conf": SITE });
    programs.configMap("broken", { "default.conf": "server {\n  listen 80;\n" });
    programs.run("plain", { image: "nginx:1.14.2" });
    programs.run("page", mounted("page", "/usr/share/nginx/html").container, mounted("page", "").spec);
    programs.run("site", mounted("site", "/etc/nginx/conf.d").container, mounted("site", "").spec);
    programs.run("broken", mounted("broken", "/etc/nginx/conf.d").container, mounted("broken", "").spec);
    programs.run("apache", { image: "httpd:2.4" });
    programs.create("/api/v1/namespaces/default/services", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "other" },
      spec: { selector: { app: "page" }, ports: [{ port: 80 }] },
    });
    programs.settle();
  });

  it("nginx says welcome, and tells what is not there", () => {
    const welcome = programs.ask("plain", 80);
    expect(welcome).toMatchObject({ status: 200, headers: { Server: "nginx/1.14.2", "Content-Type": "text/html" } });
    expect(welcome.body).toContain("<title>Welcome to nginx!</title>");
    expect(welcome.body.length).toBe(615);
    expect(programs.ask("plain", 80, "/nothing")).toMatchObject({ status: 404 });
    const log = programs.log("plain");
    expect(log).toMatch(/ready for start up\n/);
    expect(log).toMatch(/"GET \/ HTTP\/1\.1" 200 615 "-" "-" "-"\n/);
    expect(log).toMatch(
      /open\(\) "\/usr\/share\/nginx\/html\/nothing" failed \(2: No such file or directory\), client: 10\.0\./,
    );
  });

  it("nginx serves what is mounted", () => {
    expect(programs.ask("page", 80).body).toBe("<h1>hello</h1>\n");
    expect(programs.ask("page", 80, "/50x.html").status).toBe(404);
  });

  it("nginx follows its configuration", () => {
    expect(programs.ask("site", 8080, "/healthz")).toMatchObject({ status: 200, body: "fine\n" });
    expect(programs.ask("site", 8080, "/api/v1/x")).toMatchObject({
      status: 418,
      body: '{"from":"site"}',
      headers: { "Content-Type": "application/json" },
    });
    expect(programs.ask("site", 8080, "/old", { headers: { Host: "shop" } }).headers.Location).toBe("http://shop/new");
    expect(programs.ask("site", 8080, "/other/").body).toBe("<h1>hello</h1>\n");
    expect(programs.ask("site", 8080, "/gone/").status).toBe(502);
    expect(programs.ask("site", 8080, "/secret").status).toBe(403);
    expect(programs.ask("site", 8080, "/anything").body).toContain("Welcome to nginx!");
    expect(() => programs.ask("site", 80)).toThrow("refused");
  });

  it("nginx does not start with a broken configuration", () => {
    const [status] = programs.pod("broken").status.containerStatuses;
    expect(status).toMatchObject({ restartCount: expect.any(Number), lastState: { terminated: { exitCode: 1 } } });
    expect(programs.log("broken", "previous")).toContain(
      'nginx: [emerg] unexpected end of file, expecting "}" in /etc/nginx/conf.d/default.conf:3\n',
    );
  });

  it("httpd works", () => {
    expect(programs.ask("apache", 80)).toMatchObject({
      status: 200,
      body: "<html><body><h1>It works!</h1></body></html>\n",
    });
    expect(programs.ask("apache", 80, "/x").status).toBe(404);
    expect(programs.log("apache")).toMatch(/AH00558: httpd: Could not reliably determine/);
  });
});
