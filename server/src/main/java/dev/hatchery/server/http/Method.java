package dev.hatchery.server.http;

/** The methods that routes are registered for. */
public enum Method {
  GET,
  HEAD,
  POST,
  PUT,
  PATCH,
  DELETE;

  /** Whether a request with it changes nothing. */
  public boolean safe() {
    return switch (this) {
      case GET, HEAD -> true;
      case POST, PUT, PATCH, DELETE -> false;
    };
  }
}
