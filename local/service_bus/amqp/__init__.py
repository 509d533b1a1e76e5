"""AMQP 1.0 on the wire: types, frames and message sections. Independent of Service Bus."""
