import './console.css';
import { startPage } from '../ui/start-page.tsx';
import { ConsolePage } from './console-page.tsx';

startPage({ title: (t) => t.consoleTitle, page: (user) => <ConsolePage user={user} /> });
