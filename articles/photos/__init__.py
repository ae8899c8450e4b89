"""Photos: uploads, stored files and renditions."""
