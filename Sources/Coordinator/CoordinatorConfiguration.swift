package import Keys
package import ZeroMQ

/// What a coordinator needs to run. Plain values, read once at start.
package struct CoordinatorConfiguration: Sendable {
    /// Where metrics and questions come in, for example `tcp://127.0.0.1:7602`; port 0 takes a free one.
    package var endpoint: String
    /// Where the broker listens.
    package var brokerEndpoint: String
    /// The coordinator's own keys.
    package var keys: CurveKeyPair
    /// The public keys that the broker may have, as they are by now, at least one.
    package var brokerKeys: @Sendable () -> [Z85Key]
    /// Whether the broker, on this machine, was told to do without CURVE. The coordinator's own door never is.
    package var isInsecureLoopback = false
    /// Which public keys may connect, and as what.
    package var registry: KeyRegistry
    /// False when this process already has a ZAP handler for ``zapDomain`` that answers from the same registry:
    /// there can be one only.
    package var startsZapHandler = true
    package var zapDomain = "switchboard"
    /// How often the broker is asked.
    package var pollMilliseconds: Int64 = 1_000
    /// Frames taken in one go before time is looked at again.
    package var framesPerTurn = 256

    package init(
        endpoint: String, brokerEndpoint: String, keys: CurveKeyPair, brokerKey: Z85Key, registry: KeyRegistry
    ) {
        self.endpoint = endpoint
        self.brokerEndpoint = brokerEndpoint
        self.keys = keys
        brokerKeys = { [brokerKey] }
        self.registry = registry
    }

    /// With the keys of a folder: `coordinator.key` and `authorized`.
    package init(endpoint: String, brokerEndpoint: String, folder: KeyFolder) throws {
        let file = try folder.load(KeyFolder.coordinatorName)
        guard let brokerKey = file.broker else {
            throw CoordinatorError.noBrokerKey(path: folder.keyPath(KeyFolder.coordinatorName))
        }
        let registry = try KeyRegistry(
            folder.authorizedPath, nowMilliseconds: CoordinatorClock.milliseconds)
        self.init(
            endpoint: endpoint, brokerEndpoint: brokerEndpoint, keys: file.keys, brokerKey: brokerKey,
            registry: registry)
        brokerKeys = {
            // As good as it was when this started.
            guard let file = try? folder.load(KeyFolder.coordinatorName), let key = file.broker else {
                return [brokerKey]
            }
            return [key] + (file.nextBroker.map { [$0] } ?? [])
        }
    }
}
