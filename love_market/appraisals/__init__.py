"""The quarter: scores, panel, notice, objections, confirmation."""
