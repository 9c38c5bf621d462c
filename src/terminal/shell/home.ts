export const HOME = "/home/learner";

/** Whom a new shell speaks to. */
export const KUBECONFIG = `apiVersion: v1
kind: Config
current-context: tabernetes
clusters:
- name: tabernetes
  cluster:
    server: https://127.0.0.1:6443
contexts:
- name: tabernetes
  context:
    cluster: tabernetes
    user: kubernetes-admin
    namespace: default
users:
- name: kubernetes-admin
  user: {}
`;
