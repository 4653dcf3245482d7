import Faults
import NIOCore

/// The fault that holds now, and the connections that it holds for. Event loop only.
final class ProxyBoard {
    private(set) var fault = ProxyFault.none
    var counts = ProxyCounts()
    var dice: Dice
    private var relays: [ObjectIdentifier: ProxyRelay] = [:]
    /// In order of arrival, so that chance does not depend on addresses.
    private var order: [ObjectIdentifier] = []

    init(seed: UInt64) {
        dice = Dice(seed: seed)
    }

    func set(_ fault: ProxyFault) {
        self.fault = fault
        for relay in order.compactMap({ relays[$0] }) { relay.faultChanged() }
    }

    func add(_ relay: ProxyRelay) {
        counts.connections += 1
        relays[ObjectIdentifier(relay)] = relay
        order.append(ObjectIdentifier(relay))
    }

    func remove(_ relay: ProxyRelay) {
        guard relays.removeValue(forKey: ObjectIdentifier(relay)) != nil else { return }
        order.removeAll { $0 == ObjectIdentifier(relay) }
    }
}

/// Takes a fault a line and answers `ok`, or `unknown` and does nothing. Event loop only.
final class ControlHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let board: ProxyBoard
    private var text = ""

    init(_ board: ProxyBoard) {
        self.board = board
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        text += buffer.readString(length: buffer.readableBytes) ?? ""
        // Nobody who means well sends so much.
        guard text.utf8.count < 4_096 else { return context.close(promise: nil) }
        while let end = text.firstIndex(of: "\n") {
            let fault = ProxyFault(String(text[..<end]))
            text.removeSubrange(...end)
            if let fault { board.set(fault) }
            context.writeAndFlush(
                wrapOutboundOut(ByteBuffer(string: fault == nil ? "unknown\n" : "ok\n")), promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
