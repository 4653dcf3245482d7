import Client
import Keys
import SwiftProtobuf
import Tickets
import Wire
import ZeroMQ

/// Asks a coordinator for the desk's figures. Used by one thread, which sleeps in it.
enum CoordinatorQuestion {
    /// - Returns: The JSON that it answered, or nil when nobody answered in time.
    static func figures(
        endpoint: String, key: KeyFile, seconds: UInt32, patienceMilliseconds: Int64
    ) throws -> String? {
        let doors = key.coordinatorSecurities
        guard !doors.isEmpty else {
            throw ClientError.noServerKey(server: "coordinator", user: key.userID.text)
        }
        for door in doors {
            let json = try figures(
                endpoint: endpoint, door, seconds: seconds,
                patienceMilliseconds: patienceMilliseconds / Int64(doors.count))
            if let json { return json }
        }
        return nil
    }

    private static func figures(
        endpoint: String, _ security: Security, seconds: UInt32, patienceMilliseconds: Int64
    ) throws -> String? {
        let socket = try Socket(.dealer, options: SocketOptions(security: security))
        try socket.connect(endpoint)
        let question = ProtoToCoordinator.with {
            $0.version = wireVersion
            $0.query = .with { query in
                query.id = 1
                query.figures = .with { $0.seconds = seconds }
            }
        }.encoded()
        var poller = Poller([socket.pollItem])
        poller.setWaitsToSend(0, true)
        let deadline = MonotonicTime.milliseconds + patienceMilliseconds
        var isSent = false
        while MonotonicTime.milliseconds < deadline {
            if !isSent, try socket.send(question) == .sent {
                isSent = true
                poller.setWaitsToSend(0, false)
            }
            if let frame = try socket.receive({ ProtoFromBroker.decode($0) }) {
                if let json = try answer(frame) { return json }
                continue
            }
            try poller.wait(timeoutMilliseconds: Int(clamping: max(deadline - MonotonicTime.milliseconds, 0)))
        }
        return nil
    }

    private static func answer(_ frame: Result<ProtoFromBroker, Refusal>) throws -> String? {
        for item in try frame.get().items {
            switch item.body {
            case .queryResult(let result):
                if case .figures(let figures) = result.result { return figures.json }
            case .error(let error): throw Refusal(error)
            case .welcome, .answer, .grant, .revoked, .pong, nil: continue
            }
        }
        return nil
    }
}
