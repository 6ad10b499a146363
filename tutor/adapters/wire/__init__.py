"""JSON on the wire: messages to text and back."""
