"""What people and tools look at: every function here returns text or plain data, nothing prints."""
