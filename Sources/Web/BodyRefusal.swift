import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Lets no request's body through, and hangs up on who sent one as soon as the answer is out.
///
/// Without it Hummingbird reads a body that nobody wants to its end, however long that takes.
/// Belongs to one connection and its event loop.
final class BodyRefusal: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var hangsUp = false

    static func hasBody(_ headers: HTTPFields) -> Bool {
        if headers[.transferEncoding] != nil { return true }
        guard let length = headers[.contentLength] else { return false }
        return length != "0"
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            // What follows a request with a body on the same connection gets no answer.
            guard !hangsUp else { return }
            hangsUp = Self.hasBody(head.headerFields)
            context.fireChannelRead(data)
        case .body: break
        case .end: context.fireChannelRead(data)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard hangsUp, case .end = unwrapOutboundIn(data) else {
            return context.write(data, promise: promise)
        }
        context.writeAndFlush(data, promise: promise)
        context.close(promise: nil)
    }
}
