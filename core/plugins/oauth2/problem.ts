/** A refusal as clients are told it. @see RFC 6749 §5.2 */
export interface Problem {
  readonly error: string;
  readonly error_description: string;
}

export const problem = (error: string, description: string): Problem => ({
  error,
  error_description: description,
});

export const invalidClient = problem("invalid_client", "Invalid client authentication");
export const invalidRequest = (description: string): Problem => problem("invalid_request", description);
