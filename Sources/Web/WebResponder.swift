import HTTPTypes
import Hummingbird

/// Answers every request: two pages, an index, and problems.
///
/// No router and no parameters, as there is nothing to route: a path is compared as it came. Bodies do not get
/// this far, see ``BodyRefusal``.
struct WebResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let content: WebContent

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let answer = answer(to: request)
        guard request.method != .head else { return answer.createHeadResponse() }
        return answer
    }

    private func answer(to request: Request) -> Response {
        guard let page = page(String(request.uri.path)) else {
            return problem(.notFound, "There is no such page; / lists those that there are.")
        }
        guard request.method == .get || request.method == .head else {
            var response = problem(.methodNotAllowed, "Pages here can only be read: use GET or HEAD.")
            response.headers[.allow] = "GET, HEAD"
            return response
        }
        guard !BodyRefusal.hasBody(request.headers) else {
            var response = problem(.contentTooLarge, "No request here has a body.")
            response.headers[.connection] = "close"
            return response
        }
        return page()
    }

    private func page(_ path: String) -> (() -> Response)? {
        switch path {
        case "/": { text(.ok, "text/plain; charset=utf-8", Self.index) }
        case "/metrics":
            { text(.ok, "text/plain; version=0.0.4; charset=utf-8", content.metrics()) }
        case "/health":
            {
                let health = content.health()
                let status: HTTPResponse.Status = health.isHealthy ? .ok : .serviceUnavailable
                return text(status, "application/json", health.json + "\n")
            }
        default: nil
        }
    }

    private static let index = """
        Switchboard

        /metrics   figures for Prometheus
        /health    whether the figures can be relied on: 200 or 503

        """

    /// RFC 9457. Nothing of the request is repeated in it, so nothing has to be escaped.
    private func problem(_ status: HTTPResponse.Status, _ detail: String) -> Response {
        let json = """
            {"detail":"\(detail)","status":\(status.code),"title":"\(status.reasonPhrase)","type":"about:blank"}

            """
        return text(status, "application/problem+json", json)
    }

    private func text(_ status: HTTPResponse.Status, _ type: String, _ body: String) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.cacheControl] = "no-store"
        headers[.xContentTypeOptions] = "nosniff"
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}
