-- Which route serves a task: what its caller's hints and its reservation allow, and with which key and model of ours it was called.

-- null: the routes of the task's model
alter table tasks add column routing json;

-- key: which of the provider's keys; null: its one key. served: the model of ours that serves, when it is another one than the task's.
alter table attempts add column key text, add column served text;
