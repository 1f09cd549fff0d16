/** The least a receiver can be: subscribes to the relay at the address given, and ends with the first message. */
import { Subscriber } from 'zeromq';

const socket = new Subscriber();
socket.connect(process.argv[2]!);
socket.subscribe();
await socket.receive();
socket.close();
