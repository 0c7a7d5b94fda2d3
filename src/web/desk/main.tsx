import '../ui/calls.css';
import { startPage } from '../ui/start-page.tsx';
import { DeskPage } from './desk-page.tsx';

startPage({ title: (t) => t.deskTitle, page: (user) => <DeskPage user={user} /> });
