"""What stands where in a data folder, beside the keys (see `keys`).

landing/        the landing log: the truth
ledger.sqlite   what of which chain is in it (see `ledger`)
index/          what searches need (see `sqlite`)
"""

LANDING, LEDGER, INDEX = "landing", "ledger.sqlite", "index"
