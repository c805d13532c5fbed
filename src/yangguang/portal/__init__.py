"""The public's pages: server-rendered, Chinese first with English beside it, without script."""
