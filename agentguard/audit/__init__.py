"""The audit log: records, redaction, the spool on the laptop, its upload, and how people read it."""
