import Client
import SwiftProtobuf
import Wire
import ZeroMQ

/// Sends metrics to the coordinator, and drops them while it is away or slow: it never holds anything up.
///
/// Belongs to the thread that made it.
struct MetricsPusher: ~Copyable {
    private let socket: Socket
    private let intervalMilliseconds: Int64
    private(set) var nextMilliseconds: Int64
    /// Frames that could not leave.
    private(set) var droppedCount = 0

    init(
        endpoint: String, server: Z85Key, keys: CurveKeyPair, intervalMilliseconds: Int64, now: Int64
    ) throws(ZeroMQError) {
        var options = SocketOptions(security: .client(server: server, keys: keys))
        // Each frame holds everything since the start: what waits is worth nothing once the next one is
        // there.
        options.sendHighWater = 16
        options.lingerMilliseconds = 500
        let socket = try Socket(.dealer, options: options)
        try socket.connect(endpoint)
        self.socket = socket
        self.intervalMilliseconds = max(intervalMilliseconds, 10)
        nextMilliseconds = now + self.intervalMilliseconds
    }

    mutating func push(_ metrics: ProtoToCoordinator, now: Int64) throws(ZeroMQError) {
        nextMilliseconds = now + intervalMilliseconds
        if try socket.send(metrics.encoded()) != .sent { droppedCount += 1 }
    }
}
