"""Tills (兑换机): devices that redeem, how they prove themselves, and the lease to do so offline."""
