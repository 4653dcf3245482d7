package import Faults
package import NIOCore
import NIOPosix

/// Stands between two sides of TCP and does to their bytes what it is told.
///
/// One event loop owns everything: connections, faults, chance. The same seed and the same bytes at the same times
/// meet the same fate.
package final class FaultProxy: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let board: NIOLoopBound<ProxyBoard>
    private let server: any Channel
    private let control: (any Channel)?

    /// Where it listens.
    package var address: SocketAddress? { server.localAddress }

    private init(
        group: MultiThreadedEventLoopGroup, board: NIOLoopBound<ProxyBoard>, server: any Channel,
        control: (any Channel)?
    ) {
        self.group = group
        self.board = board
        self.server = server
        self.control = control
    }

    /// Listens and relays each connection to `target`; takes a fault a line at the Unix socket `control`.
    ///
    /// - Throws: What listening threw: the port or the path is taken, or is not allowed.
    package static func start(
        listen: (host: String, port: Int), target: (host: String, port: Int), control: String? = nil,
        seed: UInt64
    ) async throws -> FaultProxy {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let board = try await loop.submit { NIOLoopBound(ProxyBoard(seed: seed), eventLoop: loop) }.get()
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .childChannelOption(ChannelOptions.autoRead, value: false)
            .childChannelInitializer { near in
                near.eventLoop.makeCompletedFuture {
                    let relay = ProxyRelay(near: near, board: board.value)
                    try near.pipeline.syncOperations.addHandler(RelayHandler(relay, .up))
                    Self.reach(target, for: NIOLoopBound(relay, eventLoop: loop), on: loop)
                }
            }
            .bind(host: listen.host, port: listen.port).get()
        var controlChannel: (any Channel)?
        if let control {
            controlChannel = try await ServerBootstrap(group: group)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(ControlHandler(board.value))
                    }
                }
                .bind(unixDomainSocketPath: control, cleanupExistingSocketFile: true).get()
        }
        return FaultProxy(group: group, board: board, server: server, control: controlChannel)
    }

    private static func reach(
        _ target: (host: String, port: Int), for relay: NIOLoopBound<ProxyRelay>, on loop: any EventLoop
    ) {
        ClientBootstrap(group: loop)
            .channelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .channelOption(ChannelOptions.autoRead, value: false)
            .channelInitializer { far in
                far.eventLoop.makeCompletedFuture {
                    try far.pipeline.syncOperations.addHandler(RelayHandler(relay.value, .down))
                }
            }
            .connect(host: target.host, port: target.port)
            .whenComplete { result in
                switch result {
                case .success(let far): relay.value.connected(to: far)
                case .failure: relay.value.reset()
                }
            }
    }

    /// Does this to all connections from now on, those that are there and those that come.
    package func set(_ fault: ProxyFault) async throws {
        let board = board
        try await board.eventLoop.submit { board.value.set(fault) }.get()
    }

    /// Bytes that came out at each side, and connections that the faults ended.
    package var counts: ProxyCounts {
        get async throws {
            let board = board
            return try await board.eventLoop.submit { board.value.counts }.get()
        }
    }

    /// Waits until it is closed by somebody else: for ever.
    package func serve() async throws { try await server.closeFuture.get() }

    package func close() async throws {
        try await control?.close()
        try await server.close()
        try await group.shutdownGracefully()
    }
}

/// What passed and what did not.
package struct ProxyCounts: Hashable, Sendable {
    package var connections = 0
    package var bytesUp = 0
    package var bytesDown = 0
    /// Connections that a fault cut, reset or closed in one direction.
    package var ended = 0
    package var flipped = 0
}
