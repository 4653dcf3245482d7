import FaultProxy
import Faults
import NIOCore
import NIOPosix
import Testing

/// The proxy between a client and a server that echoes, all three real, on loopback.
@Suite(.timeLimit(.minutes(1))) struct FaultProxyTests {
    /// Sends bytes through the proxy and gathers what comes back until `count` bytes are there or it ends.
    private func talk(
        _ fault: ProxyFault, sending bytes: [UInt8], until count: Int,
        meanwhile: @escaping @Sendable (FaultProxy) async throws -> Void = { _ in },
        _ check: (_ echoed: [UInt8], _ counts: ProxyCounts) -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Echo())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let proxy = try await FaultProxy.start(
            listen: ("127.0.0.1", 0), target: ("127.0.0.1", server.localAddress?.port ?? 0), seed: 1)
        try await proxy.set(fault)
        async let healing: Void = meanwhile(proxy)
        let echoed = try await Self.send(bytes, to: try #require(proxy.address), until: count)
        try await healing
        check(echoed, try await proxy.counts)
        try await proxy.close()
        try await server.close()
    }

    private static func send(
        _ bytes: [UInt8], to address: SocketAddress, until count: Int
    ) async throws -> [UInt8] {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let result = loop.makePromise(of: [UInt8].self)
        let client = ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Gatherer(bytes, until: count, result))
                }
            }
            .connect(to: address)
        // A reset may come before the connection is complete; the gatherer hears of it either way.
        client.whenFailure { _ in result.succeed([]) }
        let echoed = try await result.futureResult.get()
        client.whenSuccess { $0.close(promise: nil) }
        return echoed
    }

    private static let text = (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    @Test(arguments: [
        ProxyFault.none, .delay(milliseconds: 5, jitterMilliseconds: 20), .throttle(bytesPerSecond: 200_000),
    ])
    func `what is only slow arrives whole and in order`(_ fault: ProxyFault) async throws {
        try await talk(fault, sending: Self.text, until: Self.text.count) { echoed, counts in
            #expect(echoed == Self.text)
            #expect(counts.connections == 1)
            #expect((counts.bytesUp, counts.bytesDown) == (Self.text.count, Self.text.count))
        }
    }

    @Test func `a flipped bit is one bit`() async throws {
        try await talk(.flip(afterBytes: 1_000), sending: Self.text, until: Self.text.count) {
            echoed, counts in
            let differences = zip(echoed, Self.text).map { ($0 ^ $1).nonzeroBitCount }
            #expect(echoed.count == Self.text.count)
            #expect(differences.reduce(0, +) == 1)
            #expect(differences[1_000] == 1)
            #expect(counts.flipped == 1)
        }
    }

    @Test func `a cut ends the connection after its bytes`() async throws {
        try await talk(.cut(afterBytes: 1_000), sending: Self.text, until: .max) { echoed, counts in
            // In whichever direction: no more than those came back.
            #expect(echoed.count <= 1_000)
            #expect(echoed == Array(Self.text.prefix(echoed.count)))
            #expect(min(counts.bytesUp, counts.bytesDown) <= 1_000)
            #expect(counts.ended == 1)
        }
    }

    @Test func `a reset leaves nothing`() async throws {
        try await talk(.reset, sending: Self.text, until: .max) { echoed, counts in
            #expect(echoed.isEmpty)
            #expect(counts.ended == 1)
        }
    }

    @Test func `a stall holds everything and heals`() async throws {
        try await talk(.stall(.down), sending: Self.text, until: Self.text.count) { proxy in
            // When the server has them all, none of them is on its way any more.
            while try await proxy.counts.bytesUp < Self.text.count { await Task.yield() }
            #expect(try await proxy.counts.bytesDown == 0)
            try await proxy.set(.none)
        } _: { echoed, _ in
            #expect(echoed == Self.text)
        }
    }
}

/// Sends back what comes.
private final class Echo: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(data, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// Says what it has to say and keeps what it hears. Event loop only.
private final class Gatherer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let bytes: [UInt8]
    private let count: Int
    private let result: EventLoopPromise<[UInt8]>
    private var heard: [UInt8] = []

    init(_ bytes: [UInt8], until count: Int, _ result: EventLoopPromise<[UInt8]>) {
        self.bytes = bytes
        self.count = count
        self.result = result
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        heard += Array(unwrapInboundIn(data).readableBytesView)
        if heard.count >= count { result.succeed(heard) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        result.succeed(heard)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
