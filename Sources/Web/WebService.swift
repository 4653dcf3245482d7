import Glibc
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle

/// The web server of the coordinator: `/metrics` and `/health`, for reading only.
///
/// Everything a stranger can do costs little: no bodies, bounded headers and connections, and who is silent is
/// hung up on.
package struct WebService: Service {
    private let configuration: WebConfiguration
    private let content: WebContent
    private let logger: Logger
    private let ready: @Sendable (Int) -> Void

    /// `ready` is called once, with the port that was bound.
    package init(
        _ configuration: WebConfiguration, _ content: WebContent, logger: Logger,
        ready: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.content = content
        self.logger = logger
        self.ready = ready
    }

    /// Runs until shut down.
    ///
    /// - Throws: ``WebError`` when it cannot listen.
    package func run() async throws {
        let application = Application(
            responder: WebResponder(content: content), server: .http1(configuration: channel),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "switchboard",
                availableConnectionsDelegate: MaximumAvailableConnections(configuration.connectionsMax)),
            onServerRunning: { [ready] channel in ready(channel.localAddress?.port ?? 0) }, logger: logger)
        do {
            try await application.run()
        } catch let error as IOError {
            throw WebError(error, configuration)
        } catch let error as SocketAddressError {
            throw WebError.cannotListen(
                host: configuration.host, port: configuration.port, reason: "\(error)")
        }
    }

    private var channel: HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            additionalChannelHandlers: [BodyRefusal()], idleTimeout: .seconds(configuration.idleSeconds),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: configuration.headerBytesMax,
                maxHeaderListSize: configuration.headerBytesMax,
                maxHeaderFieldCount: configuration.headerFieldsMax))
    }
}

extension WebError {
    init(_ error: IOError, _ configuration: WebConfiguration) {
        self =
            error.errnoCode == EADDRINUSE
            ? .addressInUse(host: configuration.host, port: configuration.port)
            : .cannotListen(host: configuration.host, port: configuration.port, reason: error.description)
    }
}
