import ArgumentParser
import Foundation

/// Opens connections and says nothing.
struct StrangersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strangers", abstract: "Connect many times and say nothing.", shouldDisplay: false)

    @Option var address: String
    @Option var port: UInt16
    @Option var count: Int
    @Option var seconds: Int

    func run() throws {
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = port.bigEndian
        target.sin_addr.s_addr = inet_addr(address)
        for _ in 0..<count {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            guard descriptor >= 0 else { break }
            withUnsafePointer(to: &target) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    // Whether it gets through is the broker's affair.
                    _ = connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        }
        // They stay; the kernel closes them in the end.
        sleep(UInt32(seconds))
    }
}
