"""What the operator sees and needs: health, metrics, logs, retention. Nothing here knows what a person wrote."""
