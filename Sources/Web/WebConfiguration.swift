/// Where the web server listens and what it puts up with.
package struct WebConfiguration: Sendable {
    /// Loopback unless somebody decides otherwise: figures need no key.
    package var host = "127.0.0.1"
    /// 0 takes a free one.
    package var port = 0
    /// A connection that says nothing for this long is closed.
    package var idleSeconds: Int64 = 30
    /// Connections at a time; more wait in the kernel's backlog.
    package var connectionsMax = 64
    package var headerFieldsMax = 64
    /// Bytes of one header field, and of all of them.
    package var headerBytesMax = 16_384

    package init(host: String = "127.0.0.1", port: Int = 0) {
        self.host = host
        self.port = port
    }
}
