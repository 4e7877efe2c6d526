"""The log for auditors: an export that stands alone, and its newest head for whoever keeps it elsewhere."""
