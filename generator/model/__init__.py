"""Values that flow through a build. No files, no XML, no clock."""
