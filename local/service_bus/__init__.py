"""Service Bus on one machine: an AMQP 1.0 broker for queues, kept in SQLite."""
