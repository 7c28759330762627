"""The estimated listener rating "engagement": 18 features of one second in, a calibrated probability of "high" out.

GANterfactual, section 3.2. Start at `features` (the table), `network` (the model and its file), `training` (how it is
made) and `serving` (what an answer gets, and when the model abstains); `defaults` is the model that comes with
Greenroom. No Django.
"""
