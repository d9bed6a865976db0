"""What is learned: splits, metrics, baselines, models, and the refinement of networks."""
