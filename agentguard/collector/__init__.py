"""The collector: the central service that takes records, signs for them, and lets people search.

Extra `collector`: nothing else in agentguard imports this package.
"""
