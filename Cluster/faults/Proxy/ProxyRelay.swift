import Faults
import Glibc
import NIOCore

/// One connection through the proxy: its two ends and what is on its way between them. Event loop only.
final class ProxyRelay {
    /// Bytes in one direction at which no more are read.
    private static let waitingBytesMax = 256 << 10

    private struct Piece {
        var bytes: ByteBuffer
        var due: NIODeadline
    }

    /// What is on its way in one direction.
    private struct Lane {
        var pieces: [Piece] = []
        var waitingBytes = 0
        /// When a throttled way has room for the next piece.
        var free = NIODeadline.uptimeNanoseconds(0)
        /// Bytes until the fault strikes; nil when none will.
        var bytesLeft: Int?
        var hasEnded = false
        var wakeUp: Scheduled<Void>?
    }

    private let near: any Channel
    private var far: (any Channel)?
    private let board: ProxyBoard
    private var up = Lane()
    private var down = Lane()

    init(near: any Channel, board: ProxyBoard) {
        self.near = near
        self.board = board
        board.add(self)
        faultChanged()
    }

    func connected(to far: any Channel) {
        guard near.isActive else { return far.close(promise: nil) }
        self.far = far
        near.read()
        far.read()
    }

    // MARK: - Faults

    /// A fault began or ended.
    func faultChanged() {
        (up.bytesLeft, down.bytesLeft) = (nil, nil)
        switch board.fault {
        case .none, .delay, .throttle, .stall: break
        case .cut(let bytes), .flip(let bytes):
            // One direction of the two, by chance.
            if board.dice.roll(0...1) == 0 { up.bytesLeft = bytes } else { down.bytesLeft = bytes }
        case .reset:
            board.counts.ended += 1
            return reset()
        case .halfClose(let way):
            board.counts.ended += 1
            return end(of: way)?.close(mode: .output, promise: nil) ?? ()
        }
        pump(.up)
        pump(.down)
    }

    /// Both sides learn of it at once, by a reset.
    func reset() {
        for channel in [near, far].compactMap(\.self) {
            // Without it the close is in order; then the peer learns as much, a little later.
            if let provider = channel as? any SocketOptionProvider {
                provider.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                    .whenComplete { _ in channel.close(promise: nil) }
            } else {
                channel.close(promise: nil)
            }
        }
        over()
    }

    private func over() {
        up.wakeUp?.cancel()
        down.wakeUp?.cancel()
        (up.pieces, down.pieces) = ([], [])
        board.remove(self)
    }

    // MARK: - Bytes

    func take(_ bytes: ByteBuffer, _ way: ProxyWay) {
        var piece = Piece(bytes: bytes, due: .now())
        switch board.fault {
        case .delay(let milliseconds, let jitter):
            piece.due = piece.due + .milliseconds(Int64(milliseconds + board.dice.roll(0...jitter)))
        case .throttle(let rate):
            let start = max(piece.due, lane(way).free)
            piece.due = start + .nanoseconds(Int64(bytes.readableBytes) * 1_000_000_000 / Int64(rate))
            change(way) { $0.free = piece.due }
        case .none, .cut, .reset, .halfClose, .stall, .flip: break
        }
        change(way) { lane in
            // First in, first out: TCP does not reorder, so what is due early waits for what came before it.
            lane.pieces.append(piece)
            lane.waitingBytes += bytes.readableBytes
        }
        pump(way)
    }

    /// One side has no more to say.
    func ended(_ way: ProxyWay) {
        change(way) { $0.hasEnded = true }
        pump(way)
    }

    /// One side is gone.
    func closed(_ way: ProxyWay) {
        ended(way)
        // What is left in the other direction has no reader.
        let other: ProxyWay = way == .up ? .down : .up
        source(other)?.close(promise: nil)
        over()
    }

    func readComplete(_ way: ProxyWay) {
        guard lane(way).waitingBytes < Self.waitingBytesMax else { return }
        source(way)?.read()
    }

    /// Lets out what is due.
    private func pump(_ way: ProxyWay) {
        if case .stall(way) = board.fault { return }
        guard let target = end(of: way) else { return }
        let now = NIODeadline.now()
        let wasFull = lane(way).waitingBytes >= Self.waitingBytesMax
        while let first = lane(way).pieces.first, first.due <= now {
            change(way) { lane in
                lane.pieces.removeFirst()
                lane.waitingBytes -= first.bytes.readableBytes
            }
            guard let bytes = strike(first.bytes, way) else { return }
            count(bytes.readableBytes, way)
            target.writeAndFlush(bytes, promise: nil)
        }
        if let first = lane(way).pieces.first {
            lane(way).wakeUp?.cancel()
            let relay = NIOLoopBound(self, eventLoop: near.eventLoop)
            let wakeUp = near.eventLoop.scheduleTask(deadline: first.due) { relay.value.pump(way) }
            change(way) { $0.wakeUp = wakeUp }
        } else if lane(way).hasEnded {
            target.close(mode: .output, promise: nil)
        }
        if wasFull, lane(way).waitingBytes < Self.waitingBytesMax { source(way)?.read() }
    }

    /// Lets a cut or a flip strike when its byte has come; nil when the connection is over.
    private func strike(_ bytes: ByteBuffer, _ way: ProxyWay) -> ByteBuffer? {
        guard let left = lane(way).bytesLeft else { return bytes }
        guard left < bytes.readableBytes else {
            change(way) { $0.bytesLeft = left - bytes.readableBytes }
            return bytes
        }
        change(way) { $0.bytesLeft = nil }
        var bytes = bytes
        if case .flip = board.fault {
            let index = bytes.readerIndex + left
            let byte = bytes.getInteger(at: index, as: UInt8.self) ?? 0
            bytes.setInteger(byte ^ (1 << UInt8(board.dice.roll(0...7))), at: index)
            board.counts.flipped += 1
            return bytes
        }
        board.counts.ended += 1
        let target = end(of: way)
        let sent = target?.writeAndFlush(bytes.readSlice(length: left) ?? ByteBuffer())
        count(left, way)
        let (near, far) = (near, far)
        sent?.whenComplete { _ in
            near.close(promise: nil)
            far?.close(promise: nil)
        }
        return nil
    }

    // MARK: - Directions

    private func count(_ bytes: Int, _ way: ProxyWay) {
        switch way {
        case .up: board.counts.bytesUp += bytes
        case .down: board.counts.bytesDown += bytes
        }
    }

    private func lane(_ way: ProxyWay) -> Lane { way == .up ? up : down }

    private func change(_ way: ProxyWay, _ change: (inout Lane) -> Void) {
        switch way {
        case .up: change(&up)
        case .down: change(&down)
        }
    }

    private func source(_ way: ProxyWay) -> (any Channel)? { way == .up ? near : far }
    private func end(of way: ProxyWay) -> (any Channel)? { way == .up ? far : near }
}

/// Gives what one side says to the relay. Event loop only.
final class RelayHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let relay: ProxyRelay
    private let way: ProxyWay

    init(_ relay: ProxyRelay, _ way: ProxyWay) {
        self.relay = relay
        self.way = way
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        relay.take(unwrapInboundIn(data), way)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        relay.readComplete(way)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { relay.ended(way) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        relay.closed(way)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
