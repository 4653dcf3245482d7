package import Keys
package import Tickets

/// What a node needs to run. Plain values, read once at start.
package struct NodeConfiguration: Sendable {
    /// Where the broker listens, for example `tcp://127.0.0.1:7601`.
    package var brokerEndpoint: String
    /// Whether the broker, on this machine, was told to do without CURVE.
    package var isInsecureLoopback = false
    /// Where the coordinator takes metrics; nil when there is none.
    package var coordinatorEndpoint: String?
    package var key: KeyFile
    /// Reads the key anew, as its file is by now; nil, or answering nil, when it is as it was. A server's own key may have
    /// been replaced.
    package var readKey: (@Sendable () -> KeyFile?)?
    package var name: Name
    package var line: Name
    /// Tickets that it is willing to hold at a time.
    package var seats: Int
    /// The shift that it works in; empty when in none.
    package var shift = ""
    package var handler: any Handler
    /// Brings something each time that somebody who missed an offer says that they are back; nil where nobody does.
    package var returns: AsyncStream<Void>?
    /// How long handlers may go on once the node drains.
    package var drainGraceMilliseconds: Int64 = 30_000
    /// The interval of metrics.
    package var metricsMilliseconds: Int64 = 1_000

    /// The key, as it is by now.
    var keyNow: KeyFile { readKey?() ?? key }

    package init(
        brokerEndpoint: String, coordinatorEndpoint: String? = nil, key: KeyFile, name: Name, line: Name,
        seats: Int, handler: any Handler
    ) {
        self.brokerEndpoint = brokerEndpoint
        self.coordinatorEndpoint = coordinatorEndpoint
        self.key = key
        self.name = name
        self.line = line
        self.seats = seats
        self.handler = handler
    }
}
