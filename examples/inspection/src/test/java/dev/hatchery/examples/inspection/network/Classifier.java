package dev.hatchery.examples.inspection.network;

/** A network at work in Java, for comparison with what ONNX Runtime makes of its file. */
public final class Classifier {
  private final Pass pass;

  public Classifier(Network network) {
    this.pass = new Pass(network);
  }

  /** Class probabilities of a tile's pixels, each 0 to 1. */
  public float[] classify(float[] pixels) {
    float[] normalised = pixels.clone();
    Normalisation.apply(normalised);
    return pass.forward(normalised).clone();
  }
}
