"""Who publishes: agencies, their levels, and the disclosure office that answers for each."""
